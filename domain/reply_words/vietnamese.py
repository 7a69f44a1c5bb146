"""Vietnamese words of buyers' answers, with the short spellings of chat.

The reader also knows every phrase without its accents, except where that would be another word:
"doi" is wait (đợi) as well as swap (đổi), so plain phrases of theirs are listed by hand.
"""

from domain.reply_words.signs import Sign, frozen, phrases

VIETNAMESE = frozen(
    {
        Sign.WAIT: """
            chờ, đợi, chờ hàng, đợi hàng, chờ hàng về, đợi hàng về, chờ hàng mới, đợi hàng mới,
            chờ thêm, đợi thêm, chờ đợi, chờ tiếp, đợi tiếp, chờ shop, đợi shop, cho hang ve,
            doi hang ve, chờ nhập hàng, đợi nhập hàng, chờ có hàng, đợi có hàng, chờ bổ sung hàng,
            chờ hàng restock, đợi restock, chờ restock, chờ đợt sau, đợi đợt sau, chờ bạn,
            đợi bạn, đợi thêm mấy ngày, chờ shop nhập hàng, đợi shop nhập hàng, chờ thêm mấy ngày,
            đợi vài ngày, chờ vài ngày, chờ thêm vài ngày, đợi thêm vài ngày, cho hang moi ve,
            doi hang moi ve, doi them, cho them""",
        Sign.SURELY_WAIT: """
            chờ được, đợi được, cho duoc, doi duoc, cho dc, doi dc, chờ đc, đợi đc, chờ dc,
            đợi dc, đợi đk, chờ đk, có thể chờ, có thể đợi, vẫn chờ, vẫn đợi, sẽ chờ, sẽ đợi,
            se cho hang, se doi hang ve, đồng ý chờ, đồng ý đợi, chấp nhận chờ, chấp nhận đợi,
            sẵn sàng chờ, sẵn sàng đợi, chọn chờ, chọn đợi, chon cho hang, chờ cũng được,
            đợi cũng được, đợi cũng đc, chờ cũng đc, không vội, ko vội, k vội, hông vội,
            không gấp, ko gấp, k gấp, khi nào có hàng thì gửi, khi nào có hàng gửi,
            có hàng thì gửi, có hàng thì giao, có hàng rồi gửi, khi nào có thì gửi,
            có hàng gửi mình, khi nào có hàng thì giao, khi nào có hàng giao,
            bao giờ có hàng thì gửi, bao lâu cũng chờ, bao lâu cũng đợi, chờ bao lâu cũng được,
            đợi bao lâu cũng được, bao lâu cũng được, mấy ngày cũng đợi, mấy ngày cũng chờ,
            đợi nhé, chờ nhé, đợi nha, chờ nha, từ từ cũng được, có hàng thì ship,
            khi nào có hàng thì ship, hàng về thì gửi, hàng về gửi, hàng về thì giao,
            hàng về thì ship""",
        Sign.SWAP: """
            đổi, đổi hàng, đổi sản phẩm, đổi sp, đổi món, đổi mẫu, đổi màu, đổi size,
            đổi cái khác, đổi mẫu khác, đổi món khác, đổi sản phẩm khác, đổi sp khác,
            đổi màu khác, đổi hàng khác, đổi loại khác, đổi cái mới, đổi cái kia, đổi size khác,
            thay thế, thay hàng, thay sản phẩm, thay cái khác, thay mẫu khác, sản phẩm thay thế,
            doi san pham, doi sp, doi mon, doi mau, doi mau khac, doi size, doi cai khac,
            doi mon khac, doi san pham khac, doi sp khac, doi hang khac, doi loai khac,
            doi cai kia, đổi qua cái khác, đổi sang cái khác, doi sang cai khac,
            đổi sang mẫu khác, doi sang mau khac, đổi sang màu khác, đổi đồ, hàng thay thế,
            mẫu thay thế, trao đổi hàng, đổi cho mình, đổi giúp mình, đổi hộ mình,
            đổi sang sản phẩm khác, đổi sang món khác, doi sang san pham khac, đổi kiểu khác,
            đổi con khác, đổi cái tương đương, đổi sản phẩm tương đương, đổi áo khác, đổi cái đó,
            đổi mẫu đó, đổi mẫu kia, thay bằng cái khác, thay bằng sản phẩm khác,
            thay bằng mẫu khác, đổi lấy cái khác, đổi lấy mẫu khác""",
        Sign.SWAP_TO: """
            đổi sang, đổi qua, đổi thành, đổi lấy, đổi với, thay bằng, doi sang, doi qua,
            doi thanh, doi lay, chuyển sang, chuyển qua, đổi ra""",
        Sign.SURELY_SWAP: """
            lấy cái khác, lấy mẫu khác, lấy màu khác, lấy sản phẩm khác, lấy món khác,
            gửi mẫu khác, gửi cái khác, gửi sản phẩm khác, gửi sản phẩm thay thế, giao mẫu khác,
            giao cái khác, lấy sản phẩm thay thế, lấy hàng thay thế, đồng ý đổi, muốn đổi,
            chọn đổi, gửi màu khác, lấy sp khác, lấy loại khác, lấy mẫu thay thế""",
        Sign.REFUND: """
            hoàn tiền, trả tiền, hoàn lại tiền, trả lại tiền, hoàn trả tiền, hoàn trả,
            hoàn tiền lại, trả tiền lại, lấy lại tiền, lấy tiền lại, nhận lại tiền, hoàn xiền,
            hoàn đủ tiền, hoàn tiền đầy đủ, hoàn toàn bộ tiền, trả hàng hoàn tiền, trả hàng,
            hoàn lại, refun, rì phân, hoàn tiền cho mình, hoàn tiền cho em, hoàn tiền cho chị,
            hoàn tiền cho tôi, hoàn tiền cho anh, trả tiền cho mình, trả lại tiền cho mình,
            hoàn 100, hoàn xu tiền, nhận tiền lại, trả xiền, hoàn tièn, hoan tien, hoàn tiền về,
            gửi lại tiền, xin lại tiền""",
        Sign.SURELY_REFUND: """
            muốn hoàn tiền, chọn hoàn tiền, cho mình hoàn tiền, cho em hoàn tiền,
            cho chị hoàn tiền, cho tôi hoàn tiền, cho mình xin hoàn tiền, cho em xin lại tiền,
            cho mình xin lại tiền, hoàn tiền đi, hoàn tiền giúp mình, hoàn tiền giúp em,
            hoàn tiền giúp mik, xin hoàn tiền, yêu cầu hoàn tiền, hoàn tiền luôn, hoàn tiền nhé,
            hoàn tiền nha, trả tiền đây, trả lại tiền đây, hoàn tiền dùm, hoàn tiền giùm""",
        Sign.CANCEL: """
            hủy, hủy đơn, hủy đơn hàng, hủy đơn đi, hủy giúp, hủy dùm, hủy hộ, hủy luôn, bỏ đơn,
            hủy đi, cancel đơn, hủy mua, hủy cho mình, hủy đơn cho mình, hủy đơn giúp,
            hủy đơn này, hủy đơn hoàn tiền, hủy đơn và hoàn tiền, hủy và hoàn tiền, hủy hàng,
            hủi đơn, hủy đặt hàng, hủy nha, hủy nhé, hủy giùm, shop hủy đơn cho, shop hủy cho,
            shop hủy giúp, shop hủy đơn giúp, shop hủy đơn hoàn tiền""",
        Sign.NO_WAIT: """
            không chờ được, không đợi được, ko chờ được, ko đợi được, ko chờ đc, ko đợi đc,
            k đợi đc, k chờ đc, không muốn chờ, không muốn đợi, không chờ nữa, không đợi nữa,
            ko chờ nữa, ko đợi nữa, k chờ nữa, k đợi nữa, không chờ, không đợi, khỏi chờ,
            khỏi đợi, ko muốn chờ, ko muốn đợi, k muốn đợi, k muốn chờ, không thể chờ,
            không thể đợi, đợi không nổi, chờ không nổi, đợi không được, chờ không được,
            khong cho duoc, khong doi duoc, ko doi duoc, ko doi dc, k doi dc, ko cho dc,
            khong muon doi, khong muon cho, chờ ko nổi, đợi ko nổi, chờ hết nổi, đợi hết nổi,
            hết kiên nhẫn, không chờ được nữa, không đợi được nữa, ko đợi được nữa,
            ko chờ được nữa, không muốn chờ nữa, không muốn đợi nữa, ko muốn đợi nữa, k đợi được,
            k chờ được, khong doi nua, ko doi nua, lười chờ, lười đợi, đợi ko được, chờ ko được,
            k đợi nổi, ko đợi nổi""",
        Sign.NO_SWAP: """
            không đổi, ko đổi, k đổi, không muốn đổi, ko muốn đổi, khỏi đổi, không cần đổi,
            đừng đổi, không thích đổi, ko cần đổi, không đổi đâu, khong doi hang, không thay""",
        Sign.NO_REFUND: """
            không hủy, ko hủy, k hủy, đừng hủy, khỏi hủy, không cần hủy, ko cần hủy,
            khỏi hoàn tiền, không cần hoàn tiền, ko cần hoàn tiền, k cần hoàn tiền,
            không hoàn tiền, đừng hoàn tiền, không muốn hoàn tiền, ko muốn hoàn tiền,
            không muốn hủy, ko muốn hủy, k muốn hủy, hủy hoàn tiền, không cần hoàn, ko cần hoàn,
            chưa hoàn tiền, khoan hủy, đừng hủy đơn, hủy yêu cầu hoàn tiền, không lấy lại tiền,
            ko hoàn tiền, k hoàn tiền""",
        Sign.WANT: """
            muốn, mún, mình muốn, em muốn, tôi muốn, chị muốn, cho mình, cho em, cho tôi, cho chị,
            cho mk, cho mik, cho t, xin, cho mình xin, cho em xin, vui lòng, làm ơn, lấy, giúp,
            giúp mình, giúp em, đồng ý, yêu cầu, nhờ, nhờ shop, cần, sẽ, se, thôi thì, thôi cho,
            chấp nhận, sẵn sàng, đề nghị, quyết định, shop cho, shop cho mình, shop cho em,
            cho xin, cho m, chỉ muốn, cho anh, thì cho, vậy cho, nên cho, vẫn, tiến hành,
            làm thủ tục, thích, chịu""",
        Sign.CHOOSE: """
            chọn, mình chọn, em chọn, lựa chọn, chọn phương án, phương án, chọn cách, cách, câu,
            đáp án, chốt, theo phương án, chọn đáp án, mục, theo, option, chọn cái""",
        Sign.ANSWER: "trả lời, rep",
        Sign.CAN: "được, đc, dc, đk, dk, đuọc, có thể",
        Sign.NEG: """
            không, khong, ko, k, kg, kh, khum, hông, hong, hok, hem, kô, không phải, chẳng, chả,
            đừng, khỏi, không muốn, ko muốn, k muốn, không cần, ko cần, k cần, không lấy, ko lấy,
            k lấy, không chọn, ko chọn, k chọn, thay vì, hổng, đâu có, chưa, không được, ko được,
            k được, ko đc, k đc, chớ, không thể, ko thể, không thích, ko thích, bỏ""",
        Sign.ASK: """
            được không, được ko, được k, đc không, đc ko, đc k, dc k, dc ko, dc không, duoc khong,
            duoc ko, có được không, được hông, được hem, được chứ, phải không, đúng không,
            ổn không, có thể không, à, hả, ha shop, hở, chứ, được chưa, không shop, ko shop,
            k shop, không ạ, ko ạ, k ạ, không bạn, không vậy, ko vậy, k vậy, ko bạn, k b, ko b,
            không nhỉ, nhỉ, hay không, hay ko, đúng ko, phải ko, đc hông, đc hok, dc hok,
            đc hong""",
        Sign.ASK_ABOUT: """
            bao lâu, bao giờ, khi nào, chừng nào, mấy ngày, mấy hôm, bao nhiêu ngày, sao, tại sao,
            vì sao, thế nào, như nào, như thế nào, làm sao, làm thế nào, gì, cái gì, nào, cái nào,
            mẫu nào, ai, ở đâu, bao nhiêu, mấy, hỏi, cho hỏi, cho mình hỏi, cho em hỏi, thắc mắc,
            là sao, nghĩa là, chờ bao lâu, đợi bao lâu, muốn hỏi, muốn biết, giải thích,
            không hiểu, ko hiểu, k hiểu, hôm nào, bữa nào, ntn, vậy là sao, khác nhau,
            xem tình trạng""",
        Sign.ASK_LAST: "chưa, chua",
        Sign.CONDITION: """
            nếu, nếu như, nếu không, nếu ko, neu, neu ko, neu khong, lỡ, trừ khi, không thì,
            ko thì, k thì, với điều kiện, miễn là, thì, mà không có, mà ko có, bằng không, hễ,
            giả sử, chỉ khi, tùy thuộc""",
        Sign.LIMIT: """
            trước ngày, trước thứ, trước, trong hôm nay, tối đa, muộn nhất, quá ngày, tới thứ,
            đến thứ, tới ngày, đến ngày, nhiều nhất""",
        Sign.DONE: "rồi",
        Sign.UNSURE: """
            suy nghĩ, để suy nghĩ, nghĩ, để nghĩ, nghĩ lại đã, chắc, có lẽ, có thể sẽ, chưa biết,
            không biết, ko biết, k biết, tùy, tùy shop, tuỳ, sao cũng được, sao cũng đc,
            gì cũng được, gì cũng đc, cái nào cũng được, cái nào cũng đc, phân vân, lưỡng lự,
            để xem, xem đã, xem lại, chưa chắc, hình như, hỏi ý, bàn, chưa quyết định, không chắc,
            ko chắc, cân nhắc, đang tính, định, thế nào cũng được, để mình xem, thế nào cũng đc,
            chac la, hay là, hay thôi""",
        Sign.PAST: """
            chờ lâu, đợi lâu, chờ lâu quá, đợi lâu quá, chờ lâu lắm, đợi lâu lắm, chờ mãi,
            đợi mãi, chờ hoài, đợi hoài, đã chờ, đã đợi, đang chờ, đang đợi, chờ rồi, đợi rồi,
            phải chờ, phải đợi, bắt chờ, bắt đợi, chờ cả, đợi cả, chờ gần, đợi gần, chờ hơn,
            đợi hơn, vẫn đang chờ, vẫn đang đợi, lâu quá, lâu thế, lâu vậy, lâu lắm, quá lâu,
            đợi dài cổ, chờ dài cổ, chờ đến, đợi đến, chờ tới, đợi tới, đã hoàn tiền, đã hủy,
            đã đổi, đã nhận, hoàn tiền rồi, hủy rồi, đã được hoàn tiền, hôm qua, tuần trước,
            lừa đảo, lừa, chậm quá, thất vọng, mất công chờ, mất công đợi, chờ suốt, đợi suốt,
            để khách chờ, để khách đợi, cho lau qua, doi lau qua, doi mai, cho mai, cho hoai,
            doi hoai, cho lau, doi lau, chờ từ, đợi từ, chờ 2 tuần, đợi 2 tuần, hơn tuần, tệ,
            bị hủy, tự hủy, shop hủy, chờ được 2 tuần, đợi được 2 tuần, nãy giờ, bị""",
        Sign.TOPIC: """
            hứa, bảo, nói, nói là, bảo là, đã bảo, đã nói, hứa là, trả lời mình, phản hồi, hồi âm,
            shop trả lời, chờ hoàn tiền, đợi hoàn tiền, chờ phản hồi, đợi phản hồi, chờ trả lời,
            đợi trả lời, chờ tin, đợi tin, tin nhắn, xác nhận, thông báo, địa chỉ, số điện thoại,
            sđt, sdt, tên, phí ship, tiền ship, phí vận chuyển, vận chuyển, một nửa, một phần,
            chênh lệch, bồi thường, đền bù, đền, giảm giá, mã giảm, voucher, xu, coin, thuế,
            chính sách, quy trình, thủ tục gì, shipper, bưu tá, bạn mình, người khác, khách khác,
            họ, nó, người ta, báo cáo, tố cáo, đánh giá, sao vàng, live, livestream, link, đổi ý,
            đổi địa chỉ, đổi số, đổi sđt, thanh toán, ngân hàng, tài khoản, quà, tư vấn, trao đổi,
            thay đổi, cọc, đặt cọc, theo dõi, ship cod, nhận hàng, tổng đài, nhân viên, chồng, vợ,
            mẹ, chờ điện thoại, chờ shipper, đợi shipper, đổi trả, đổi người, doi y, doi dia chi,
            trả góp, trả giá, chờ duyệt, đợi duyệt, chờ hàng giao""",
        Sign.HOLD: """
            chờ chút, chờ tí, chờ xíu, chờ tý, đợi chút, đợi tí, đợi xíu, đợi tý, đợi mình,
            chờ mình, đợi em, chờ em, chờ một chút, đợi một chút, chờ 1 chút, đợi 1 chút,
            đợi 1 tí, đợi chị, chờ chị, khoan, khoan đã, khoan hãy, từ từ, đợi đã, chờ đã,
            cho chut, doi chut, doi ti, doi xiu, chờ xí, đợi xí, chờ mk, đợi mk, cho xiu""",
        Sign.CHANGE: """
            à không, à nhầm, à ko, nhầm, mình nhầm, em nhầm, lộn, à lộn, nhắn nhầm, gõ nhầm,
            ý mình là, ý em là, ý tôi là, nghĩ lại rồi, mình nghĩ lại rồi, đổi ý rồi, đổi ý lấy,
            đổi ý chọn, mình đổi ý, em đổi ý, đổi thành câu, thôi chọn, thôi lấy, nghĩ lại thì,
            đổi lại là, sửa lại, chọn lại""",
        Sign.GIVE_UP: """
            không mua nữa, ko mua nữa, k mua nữa, không lấy nữa, ko lấy nữa, k lấy nữa,
            không cần nữa, ko cần nữa, k cần nữa, không muốn mua nữa, ko muốn mua nữa,
            thôi không mua, khỏi mua, thôi bỏ đi, bỏ đi, k mua, ko mua, không mua, hết muốn mua,
            thôi khỏi, không nhận nữa, không cần hàng nữa""",
        Sign.ACK: """
            ok shop, oke, okela, okie, okla, ok ạ, ô kê, ôkê, uki, uk, ừ, ừm, ukm, uhm, uh, vâng,
            vâng ạ, dạ vâng, dạ được, được rồi, được ạ, được nha, được nhé, hiểu rồi, biết rồi,
            mình hiểu, mình biết rồi, không sao, ko sao, k sao, hông sao, không sao đâu,
            ko sao đâu, k sao đâu, không có gì, ko có gì, k có gì, không vấn đề gì, không vấn đề,
            cũng được, cũng đc, cũng dc, cũng ok, ổn, tốt, ổn ạ, được thôi, dc thôi, đc thôi,
            thông cảm, đúng, đúng rồi, không thành vấn đề, rõ, okii, oki""",
        Sign.POLITE: """
            dạ, ạ, nhé, nha, nhen, nghen, nhá, nhaa, nhe, ơi, cảm ơn, cám ơn, cảm ơn shop,
            cảm ơn bạn, cám ơn shop, thank, thank shop, tks shop, cảm ơn nhiều, xin lỗi, chào,
            chào shop, xin chào, chào bạn, shop, shop ơi, sốp, sốp ơi, ad, ad ơi, luôn, đi, thôi,
            á, ah, nè, nà, nghe, hen, heng, đó, đấy, đây, vậy thôi, ui, ôi, thương, iu, yêu, giùm,
            dùm, hộ, với, với ạ, lun, nhó, nhoa, nhaaa, hic, hjhj, bạn nhé, dear, zậy, zạ, trời,
            trời ơi, vậy ạ""",
        Sign.FILL: """
            mình, mik, mk, mìn, em, e, mình thì, em thì, quá, tôi, tui, t, tớ, chị, anh, bạn,
            cháu, cô, bác, là, cái, con, này, đơn, đơn hàng, đơn này, hàng, tiền, sản phẩm, món,
            lại, lại cho, cũng, nữa, cho, luôn cho, giúp cho, về, hàng về, khi hàng về, có hàng,
            hết hàng, hàng hết, không có hàng, ko có hàng, k có hàng, không còn hàng, hết rồi,
            vì hết hàng, thêm, vài ngày, mấy bữa, ít ngày, một tuần, 1 tuần, vài hôm, mấy hôm nữa,
            đến khi có hàng, đến khi hàng về, tới khi có hàng, cho tới khi có hàng,
            cho đến khi có hàng, ngay, ngay bây giờ, bây giờ, giờ, sớm, sớm nhất, nhanh, gấp,
            liền, hơn, tốt hơn, thế, thế thì, vậy thì, vậy, mà, của, của mình, toàn bộ, đầy đủ,
            100, full, trong, ngày, tuần, hôm nay, nay, còn, cứ, một, chỉ, lựa, phía, bên,
            bên mình, các, những, mọi, theo như, như, như shop, tạm, tạm thời, hiện tại, đã, xong,
            ship, gửi, giao, giao sau, gửi sau, sau, lâu, hơi lâu, hơi lâu xíu, lâu chút, lâu xíu,
            lâu tí, chút, tí, xíu, một chút, có, có hàng lại, đủ, bên shop, đâu, số, hàng mới,
            nhập hàng, kho, thật, rất""",
        Sign.NOUN: """
            khác, cái khác, mẫu khác, màu khác, mới, màu, màu đỏ, màu đen, màu trắng, màu xanh,
            màu hồng, màu vàng, màu be, màu xám, màu tím, màu nâu, đỏ, đen, trắng, xanh, hồng,
            size, mẫu, loại, kiểu, tương đương, tương tự, bằng giá, cùng giá, cái kia, mẫu kia,
            cái đó, mẫu đó, áo, quần, váy, giày, túi, shop gợi ý, gợi ý, giá trị""",
        Sign.FOR: "cho, của, cảm ơn, chào",
        Sign.AND: "và, với cả, rồi thì, cùng",
        Sign.OR: "hay, hoặc, hoặc là",
        Sign.BREAK: "nhưng, nhưng mà, vì, do, bởi vì, tại vì, nên, tại, mà vì",
        Sign.ALL: """
            tất cả, hết tất cả, cả hai, cả 2, tất cả đơn, cả hai đơn, cả 2 đơn, mọi đơn, các đơn,
            toàn bộ đơn, hết các đơn, tat ca, cả ba""",
    }
)

PLAIN_IS_ANOTHER_WORD = frozenset(
    phrases(
        """
        ai, bàn, bác, bị, bỏ, cho, chưa, chịu, chờ, cách, câu, có, cô, cả, cần, do, dạ, ha,
        hay, hả, họ, hỏi, hồng, hộ, hủ, hứa, là, lấy, lộn, lỡ, lừa, mà, mẹ, mới, mục, ngày,
        nào, nè, nên, nó, phải, quá, quần, rõ, rồi, sao, sẽ, theo, thích, tí, tùy, túi, tại,
        tệ, tốt, tớ, vì, với, vợ, xin, xu, à, á, áo, đen, đi, đâu, đây, đã, đó, đúng, định, đỏ,
        đổi, đợi, đủ, ạ, ừ"""
    )
)
"""Words whose plain spelling means something else, alone or in another language."""
